"""What a recording tells as files of other programs: tables, event files, weights, source."""
