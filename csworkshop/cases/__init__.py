"""Case data: tickets, transcripts, agents and events of a year; made up, imported, made anonymous, measured."""
