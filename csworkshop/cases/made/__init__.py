"""Case data that is made up: an invented company (`world.toml`), hidden stories (`stories.toml`), a grammar of talk."""
