"""Container labels that mean something to the dashboard."""

PROJECT = "com.docker.compose.project"
SERVICE = "com.docker.compose.service"
TEAM = "dockerweb.team"
