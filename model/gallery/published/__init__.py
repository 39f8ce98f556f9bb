"""Galleries as they were published (HDF5), imported into ours."""
