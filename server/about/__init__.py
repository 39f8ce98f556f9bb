"""What this server can do, and how it is: `/capabilities`, `/healthz`, `/readyz`."""
