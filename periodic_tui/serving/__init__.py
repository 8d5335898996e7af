"""The dashboard in a browser: a web server that starts a dashboard for each visitor."""

TOKEN = "PERIODIC_TUI_TOKEN"
"""The variable of the environment that may hold what lets visitors in; their dashboards do not see it."""
