namespace DrOrchestrator.Commands;

/// <summary>Whether the file behind an allowed path is what it seems: itself, and writable by its owners only.</summary>
internal static class ProgramFile
{
    /// <summary>What is wrong with it, for people; null when nothing is.</summary>
    public static string? Problem(string path)
    {
        if (!Path.IsPathRooted(path) || Path.GetFullPath(path) != path)
        {
            return $"{path} is no full path";
        }

        try
        {
            return !File.Exists(path) ? $"there is no program {path}" : OfFile(new FileInfo(path)) ?? OfFolders(new FileInfo(path).Directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"the program {path} cannot be looked at ({exception.GetType().Name})";
        }
    }

    private static string? OfFile(FileInfo file) =>
        file.LinkTarget is { } target ? $"{file.FullName} is a link to {target}; allow the program itself"
        : file.UnixFileMode.HasFlag(UnixFileMode.OtherWrite) ? $"everybody may write {file.FullName}; take that right away"
        : (file.UnixFileMode & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) == 0 ? $"{file.FullName} is not executable"
        : null;

    /// <summary>Whoever may write a folder may put another program there; with the sticky bit only its owner may.</summary>
    private static string? OfFolders(DirectoryInfo? folder)
    {
        for (; folder is not null; folder = folder.Parent)
        {
            if (folder.LinkTarget is { } target)
            {
                return $"{folder.FullName} is a link to {target}; allow the program by its own path";
            }

            if (folder.UnixFileMode.HasFlag(UnixFileMode.OtherWrite) && !folder.UnixFileMode.HasFlag(UnixFileMode.StickyBit))
            {
                return $"everybody may write {folder.FullName}; take that right away";
            }
        }

        return null;
    }
}
