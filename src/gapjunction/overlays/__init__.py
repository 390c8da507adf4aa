"""Pictures of images: brightened, with boxes, a caption, a scale bar."""
