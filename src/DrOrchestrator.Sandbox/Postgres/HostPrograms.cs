using System.Globalization;
using System.Text;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Postgres;

/// <summary>
/// The way to the own host of each site's database, in the place of an ssh with a forced command: a program per site that does what runbooks/postgres-host.sh does, on that
/// site's volume. A site that is cut off is not reached: the program stands still.
/// </summary>
internal static class HostPrograms
{
    private const string Script = "postgres-host.sh";

    /// <summary>Full path of a site's program.</summary>
    public static string Of(LabSettings lab, string site) => Path.Combine(lab.Folder, "hosts", site, "postgres-host");

    /// <summary>Writes them; at every start, for the lab's folder may have been moved and the script may be a newer one.</summary>
    public static async Task WriteAsync(LabSettings lab, CancellationToken cancellationToken)
    {
        string script = Path.Combine(lab.Folder, "hosts", Script);
        Directory.CreateDirectory(Path.GetDirectoryName(script)!);
        using var text = new MemoryStream();
        Stream shipped = typeof(HostPrograms).Assembly.GetManifestResourceStream(Script)!;
        await using (shipped.ConfigureAwait(false))
        {
            await shipped.CopyToAsync(text, cancellationToken).ConfigureAwait(false);
        }

        DurableFile.Replace(script, text.ToArray());
        foreach (string site in LabSettings.Sites)
        {
            string program = Of(lab, site);
            Directory.CreateDirectory(Path.GetDirectoryName(program)!);
            DurableFile.Replace(program, Encoding.UTF8.GetBytes(TextOf(lab, site, script)));
            DurableFile.SetRights(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static string TextOf(LabSettings lab, string site, string script)
    {
        string volume = Path.Combine(lab.SiteFolder(site), "volumes", "data-" + DatabaseObjects.Name + "-0");
        string programs = lab.Postgres!.Installation.Folder;

        // Its pod starts the server by itself as soon as it can; what is left to do is to wait for it.
        string start = string.Create(
            CultureInfo.InvariantCulture,
            $"i=0; until {Quoted(Path.Combine(programs, "pg_isready"))} -q -h 127.0.0.1 -p {lab.Postgres.Of(site).Server}; do i=$((i + 1)); [ $i -lt 600 ] || exit 1; sleep 0.1; done");
        return $$"""
            #!/bin/sh
            # The way to the host of the database at '{{site}}', written by the lab at every start.
            while grep -q '"name":"cut","site":"{{site}}","active":true' {{Quoted(lab.FaultsFile)}} 2>/dev/null; do sleep 0.2; done
            PGPASSFILE={{Quoted(Path.Combine(volume, "pgpass"))}} TMPDIR={{Quoted(volume)}}
            export PGPASSFILE TMPDIR
            exec /bin/sh {{Quoted(script)}} --data {{Quoted(Path.Combine(volume, "pgdata"))}} --bin {{Quoted(programs)}} --keep {{Quoted(Path.Combine(volume, "kept"))}} --inside --start {{Quoted(start)}} "$@"

            """;
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
