"""A ward on your own machine: stand-ins for Teams and for SharePoint, and the page to watch them on."""
