"""Container labels that mean something to the dashboard."""

PROJECT = "com.docker.compose.project"
TEAM = "dockerweb.team"
