"""Messages and stubs generated from Protos/penstock/v1; `make stubs` writes them anew."""
