using System.Globalization;
using System.Text;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Postgres;

/// <summary>
/// The claim's folder of one site's database: <c>pgdata</c>, and beside it what belongs to the site and not to the data (a rewind or a base backup copies everything in
/// <c>pgdata</c> from the other site). All of it is the server's user's.
/// </summary>
internal sealed class DataVolume(LabSettings lab, string site, string folder)
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);
    private readonly PostgresLab _postgres = lab.Postgres ?? throw new InvalidDataException("this lab keeps its ledger without PostgreSQL");
    private readonly DatabasePasswords _passwords = new(lab);

    public string DataFolder => Path.Combine(folder, "pgdata");

    /// <summary>Held by every process of the server, the postmaster's children too: who can take it knows that the last of them has ended.</summary>
    public string LockFile => Path.Combine(folder, "lock");

    /// <summary>Of libpq, for roles that the server's own host needs.</summary>
    public string PassFile => Path.Combine(folder, "pgpass");

    /// <summary>
    /// Why no server can be started here now, or null. A fence takes the control file away, a rebuild the whole folder; either is put back when it may start. A database
    /// that was here once and is gone is not made anew.
    /// </summary>
    public string? Obstacle =>
        !Directory.Exists(DataFolder) ? "the data folder is not there: whoever moved it away has to rebuild it from the other site"
        : !File.Exists(Path.Combine(DataFolder, "global", "pg_control")) ? "the control file is not there: this server is fenced"
        : null;

    /// <summary>The line between the sites, whatever the data folder's own files say of it: a rebuild writes what it was told of the other side.</summary>
    public string PrimaryConninfo => Conninfo(_postgres.Of(lab.PeerOf(site)).Link, site);

    private string Unfinished => DataFolder + ".unfinished";

    private string SiteSettings => Path.Combine(folder, "site.conf");

    private string Admission => Path.Combine(folder, "pg_hba.conf");

    private string BornFile => Path.Combine(folder, "born");

    private PostgresInstallation Installation => _postgres.Installation;

    /// <summary>Files of the site beside the data, and the data itself where there is none yet: a new database, or a copy of the other site's.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public async Task PrepareAsync(bool isPrimary, TimeProvider time, CancellationToken cancellationToken)
    {
        Own(Directory.CreateDirectory(folder).FullName);
        DurableFile.SetRights(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using FileStream held = await HoldAsync(time, cancellationToken).ConfigureAwait(false);
        Write(PassFile, string.Concat(DatabasePasswords.Roles.Select(PassLine)));
        Write(Admission, AdmissionText);
        Write(SiteSettings, SettingsText());
        if (Directory.Exists(DataFolder))
        {
            return;
        }

        if (File.Exists(BornFile))
        {
            // Whoever rebuilds it has moved it away. Making another one here could make a second primary with a history of its own.
            return;
        }

        if (Directory.Exists(Unfinished))
        {
            Directory.Delete(Unfinished, recursive: true);
        }

        await (isPrimary ? CreateAsync(cancellationToken) : CopyAsync(time, cancellationToken)).ConfigureAwait(false);
        Directory.Move(Unfinished, DataFolder);
        Write(BornFile, "");
    }

    /// <summary>A predecessor that is being killed may hold the lock for a moment longer.</summary>
    private async Task<FileStream> HoldAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (true)
        {
            try
            {
                var held = new FileStream(LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                Own(LockFile);
                return held;
            }
            catch (IOException) when (time.GetElapsedTime(start) < LockPatience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        string password = Path.Combine(folder, "superuser.password");
        Write(password, _passwords.Read(DatabasePasswords.Superuser) + "\n");
        await RunAsync(
            ["initdb", "--pgdata", Unfinished, "--username=" + DatabasePasswords.Superuser, "--auth=scram-sha-256", "--pwfile", password, "--data-checksums", "--encoding=UTF8", "--no-locale", "--no-sync"],
            "",
            cancellationToken).ConfigureAwait(false);
        File.Delete(password);
        await File.AppendAllTextAsync(Path.Combine(Unfinished, "postgresql.conf"), "\ninclude_if_exists = '../site.conf'\n", cancellationToken).ConfigureAwait(false);

        // By a server without a door: whoever finds the database finds all of it.
        await SingleAsync(DatabasePasswords.Superuser, DatabaseSchema.Cluster(_passwords), cancellationToken).ConfigureAwait(false);
        await SingleAsync(DatabasePasswords.Database, DatabaseSchema.Ledger, cancellationToken).ConfigureAwait(false);
    }

    private Task SingleAsync(string database, IReadOnlyList<string> statements, CancellationToken cancellationToken) => RunAsync(
        ["postgres", "--single", "-j", "-D", Unfinished, "-c", "log_min_error_statement=panic", "-c", "exit_on_error=on", database],
        string.Concat(statements.Select(s => s + ";\n\n")),
        cancellationToken);

    /// <summary>Beside the slow line between the sites: what is copied once is not what the lab is about.</summary>
    private async Task CopyAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        int source = _postgres.Of(lab.PeerOf(site)).Service;
        while (!await LoopbackPort.AnswersAsync(source, cancellationToken).ConfigureAwait(false))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken).ConfigureAwait(false);
        }

        await RunAsync(
            ["pg_basebackup", "--pgdata", Unfinished, "--checkpoint=fast", "--wal-method=stream", "--no-sync", "--no-password", "--dbname", Conninfo(source, $"{site}-copy")],
            "",
            cancellationToken).ConfigureAwait(false);
        Write(Path.Combine(Unfinished, "standby.signal"), "");
    }

    private string SettingsText() => string.Create(CultureInfo.InvariantCulture, $"""
        # Written at every start of this site's server; ALTER SYSTEM goes before it.
        listen_addresses = '127.0.0.1'
        port = {_postgres.Of(site).Server}
        unix_socket_directories = ''
        dynamic_shared_memory_type = mmap
        cluster_name = '{site}'
        hba_file = '{Quoted(Admission)}'
        shared_buffers = 16MB
        max_connections = 60
        wal_level = replica
        max_wal_senders = 10
        wal_keep_size = 128MB
        wal_log_hints = on
        hot_standby = on
        recovery_init_sync_method = syncfs
        wal_retrieve_retry_interval = 200ms
        log_checkpoints = off

        """);

    private const string AdmissionText = """
        host replication all 127.0.0.1/32 scram-sha-256
        host all all 127.0.0.1/32 scram-sha-256

        """;

    private string Conninfo(int port, string name) => string.Create(
        CultureInfo.InvariantCulture,
        $"host=127.0.0.1 port={port} user={DatabasePasswords.Replicator} application_name={name} passfile='{PassFile}' sslmode=disable gssencmode=disable");

    private string PassLine(string role) => $"127.0.0.1:*:*:{role}:{_passwords.Read(role)}\n";

    private static string Quoted(string text) => text.Replace("'", "''", StringComparison.Ordinal);

    private Task RunAsync(IReadOnlyList<string> command, string input, CancellationToken cancellationToken) =>
        Installation.RunAsync(Installation.CommandOf(command[0], command.Skip(1)), input, cancellationToken);

    private void Write(string path, string text)
    {
        DurableFile.Replace(path, Encoding.UTF8.GetBytes(text));
        Own(path);
    }

    private void Own(string path) => Installation.RunAs?.Own(path);
}
