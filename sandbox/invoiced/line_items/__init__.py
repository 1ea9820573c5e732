"""Line items: what is charged, inside an invoice or waiting for one."""
