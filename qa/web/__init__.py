"""The web: `pages` for people, `api` for programs, `tools` for agents, `server` around them."""
