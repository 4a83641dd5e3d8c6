"""Work on files and folders: from named inputs to results in a folder, resumable, one failure never stopping others."""
