namespace DrOrchestrator.Commands;

/// <summary>
/// Whether a configuration file may be handed to a program that starts others as it says there (pgBackRest: <c>repo1-host</c>, <c>cmd-ssh</c>). Such a file is as good as a
/// program: who writes the estate must not be able to write it.
/// </summary>
internal static class ProgramConfig
{
    /// <summary>What is wrong with it, for people; null when nothing is. Asked before every start.</summary>
    public static string? Problem(string path)
    {
        try
        {
            return !File.Exists(path) ? $"there is no configuration file {path}" : OwnedPath.Problem(path, "name the file itself", "name the file by its own path");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"the configuration file {path} cannot be looked at ({exception.GetType().Name})";
        }
    }

    /// <summary>Whether a file lies in a folder, whatever ways lead to either.</summary>
    public static bool IsInside(string path, string folder)
    {
        var home = FileFacts.Of(folder, followLink: true)?.Id;
        for (var above = Directory.GetParent(path); above is not null; above = above.Parent)
        {
            if (above.FullName == Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) || (home is not null && FileFacts.Of(above.FullName, followLink: true)?.Id == home))
            {
                return true;
            }
        }

        return false;
    }
}
