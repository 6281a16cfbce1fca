-- Where every flow ends. `done`: the ticket reached what it was opened for.
return {
	ending { id = "closed", name = "办结归档", done = true },
	ending { id = "cancelled", name = "已取消" },
}
