"""The convergence oracle: stories of users, faults and restarts, told to a running stack, and the verdict over them."""
