"""The map of a region: real outline of the county, schematic cells of what lies below, objects, open matters, holders."""
