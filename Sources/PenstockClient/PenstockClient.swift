// PenstockClient
