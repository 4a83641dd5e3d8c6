"""What is said to ComfyUI servers, and the workflow templates that they are given."""
