"""`python -m sandbox.crm --port 8081 --data-dir .tandem/crm`."""

from sandbox.control import main

from .app import create_app

if __name__ == "__main__":
    main(create_app, api_key="crm-tandem", user_api_key="crm-user")
