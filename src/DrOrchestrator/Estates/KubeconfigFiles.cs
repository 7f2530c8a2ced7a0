namespace DrOrchestrator.Estates;

/// <summary>The files of a kubeconfig list, as the file system has them.</summary>
internal static class KubeconfigFiles
{
    /// <summary>Full paths, links followed to their end; a file that cannot be looked at is its path. Empty for null.</summary>
    public static IEnumerable<string> Of(string? paths) => paths switch
    {
        null => [],
        Site.InCluster => [paths],
        _ when File.Exists(paths) => [Resolved(paths)],
        _ => paths.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(Resolved),
    };

    private static string Resolved(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            return new FileInfo(full).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? full;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return full;
        }
    }
}
