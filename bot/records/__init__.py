"""The record: what is kept, in the local store and in SharePoint."""
