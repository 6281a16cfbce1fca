-- git's pre-commit: what is staged is judged before the person writes the message.
return function()
	return { { judge = "staged" } }
end
