using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Postgres;

/// <summary>
/// Lets the other user, as whom root runs PostgreSQL, get to the volumes: it may pass the lab's folders and see none of them. What it must pass before, the lab does not
/// change; where it cannot, the lab does not start.
/// </summary>
internal static class ServerAccess
{
    private const UnixFileMode Pass = UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <exception cref="IOException">The user cannot get there.</exception>
    public static async Task EnsureAsync(LabSettings lab, CancellationToken cancellationToken)
    {
        PostgresInstallation installation = lab.Postgres!.Installation;
        if (installation.RunAs is not { } account)
        {
            return;
        }

        IEnumerable<string> volumes = LabSettings.Sites.Select(site => Path.Combine(lab.SiteFolder(site), "volumes"));
        foreach (string folder in (IEnumerable<string>)[lab.Folder, .. LabSettings.Sites.Select(lab.SiteFolder), .. volumes])
        {
            Directory.CreateDirectory(folder);
            DurableFile.SetRights(folder, new DirectoryInfo(folder).UnixFileMode | Pass);
        }

        try
        {
            await installation.RunAsync(installation.CommandOf("/usr/bin/test", "-x", volumes.First()), "", cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            throw new IOException(
                $"the user {account.Name}, as whom PostgreSQL runs because it refuses root, cannot get to {lab.Folder}: a folder above it is closed to others. "
                + "Take a folder below one that everybody may pass, or start dro as another user than root");
        }
    }
}
