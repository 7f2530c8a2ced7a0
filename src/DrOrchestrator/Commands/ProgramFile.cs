namespace DrOrchestrator.Commands;

/// <summary>Whether the file behind an allowed path is what it seems: itself, executable, and writable by root and the server's own account only.</summary>
internal static class ProgramFile
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>What is wrong with it, for people; null when nothing is.</summary>
    public static string? Problem(string path)
    {
        if (!Path.IsPathRooted(path) || Path.GetFullPath(path) != path)
        {
            return $"{path} is no full path";
        }

        try
        {
            return !File.Exists(path) ? $"there is no program {path}"
                : OwnedPath.Problem(path, "allow the program itself", "allow the program by its own path")
                ?? ((new FileInfo(path).UnixFileMode & Executable) == 0 ? $"{path} is not executable" : null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"the program {path} cannot be looked at ({exception.GetType().Name})";
        }
    }
}
