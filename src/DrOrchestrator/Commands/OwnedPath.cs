namespace DrOrchestrator.Commands;

/// <summary>
/// Whether only root and the server's own account can change what a path leads to. Whoever may write a folder may put another file there, and the sticky bit does not
/// hinder its owner, nor anybody before the file is there; so every component counts, and no link is followed.
/// </summary>
internal static class OwnedPath
{
    private const uint Root = 0;

    /// <summary>What is wrong with a file, for people; null when nothing is.</summary>
    /// <param name="remedy">What to do where the last component is a link: "allow the program itself".</param>
    /// <param name="folderRemedy">What to do where a folder is one.</param>
    public static string? Problem(string path, string remedy, string folderRemedy)
    {
        if (OfOne(path, new FileInfo(path).LinkTarget, remedy) is { } problem)
        {
            return problem;
        }

        for (var folder = Directory.GetParent(path); folder is not null; folder = folder.Parent)
        {
            if (OfOne(folder.FullName, folder.LinkTarget, folderRemedy) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static string? OfOne(string path, string? linkTarget, string remedy) =>
        linkTarget is not null ? $"{path} is a link to {linkTarget}; {remedy}"
        : FileFacts.Of(path) is not { } facts ? $"{path} cannot be looked at"
        : Verdict(path, facts, FileFacts.OwnUser);

    /// <summary>The same of one component, from what it is; pure.</summary>
    internal static string? Verdict(string path, FileFacts facts, uint ownUser) =>
        facts.Mode.HasFlag(UnixFileMode.OtherWrite) ? $"everybody may write {path}; take that right away"
        : facts.Owner != Root && facts.Owner != ownUser ? $"{path} belongs to somebody else than root and the server's own account"
        : facts.Mode.HasFlag(UnixFileMode.GroupWrite) && facts.Group != Root ? $"a group may write {path}; take that right away"
        : null;
}
