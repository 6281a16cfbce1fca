-- git's commit-msg: the same, now with the message: opinions, reasons for being late.
return function(git)
	return { { judge = "staged", message_file = git.args[1] } }
end
