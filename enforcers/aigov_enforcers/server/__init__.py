"""The server process: every request of an organisation to a model, decided behind mutual TLS.

config      one TOML file
secrets     credentials from the environment, a file or Vault
"""
