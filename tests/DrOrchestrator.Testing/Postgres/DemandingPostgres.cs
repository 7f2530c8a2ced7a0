namespace DrOrchestrator.Testing.Postgres;

/// <summary>
/// A real PostgreSQL that lets nobody in without TLS: certificates of an authority of its own, scram passwords, and for <see cref="CertifiedUser"/> a client certificate as well.
/// The certificate it presents can be exchanged while it runs.
/// </summary>
public sealed class DemandingPostgres : IAsyncDisposable
{
    public const string User = "looker";
    public const string CertifiedUser = "certified";
    public const string Password = "hunter2-not-to-be-shown";

    private readonly TestAuthority _authority = new("bank-ca");
    private readonly TestAuthority _stranger = new("somebody-else");

    private DemandingPostgres(PostgresServer server, string folder) => (Server, Folder) = (server, folder);

    public PostgresServer Server { get; }

    /// <summary>Where the files of clients lie.</summary>
    public string Folder { get; }

    public string AuthorityFile => Path.Combine(Folder, "ca.pem");

    public string StrangersAuthorityFile => Path.Combine(Folder, "other-ca.pem");

    public static async Task<DemandingPostgres> StartAsync()
    {
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "work", Guid.NewGuid().ToString("N"))).FullName;
        var demanding = new DemandingPostgres(await PostgresServer.StartNewAsync("password_encryption = 'scram-sha-256'"), folder);
        await demanding.SetUpAsync();
        return demanding;
    }

    /// <summary>Files of a client: its certificate, and its key.</summary>
    public (string Certificate, string Key) ClientFiles(string name, bool fromStranger = false) => (fromStranger ? _stranger : _authority).Write(Folder, name, $"{name}.example");

    /// <summary>Presents a certificate for 127.0.0.1, or for another name, or one that is over; returns when the server does.</summary>
    public async Task PresentAsync(string dnsName = "", bool isExpired = false)
    {
        var (certificate, key) = _authority.Issue("postgres", dnsName.Length > 0 ? dnsName : "127.0.0.1", isExpired);
        var name = $"server-{Guid.NewGuid():N}";
        await WriteAsync($"{name}.crt", certificate);
        await WriteAsync($"{name}.key", key);
        await Server.ConfigureAsync("ssl = on", "ssl_ca_file = 'ca.crt'", $"ssl_cert_file = '{name}.crt'", $"ssl_key_file = '{name}.key'");
        await Server.ExecuteAsync("SELECT pg_reload_conf()");
        while (await Server.ScalarAsync<string>("SHOW ssl_cert_file") != $"{name}.crt")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _authority.Dispose();
        _stranger.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task SetUpAsync()
    {
        await File.WriteAllTextAsync(AuthorityFile, _authority.Pem);
        await File.WriteAllTextAsync(StrangersAuthorityFile, _stranger.Pem);
        await WriteAsync("ca.crt", _authority.Pem);
        await WriteAsync("pg_hba.conf", $"""
            host all postgres 127.0.0.1/32 trust
            hostssl all {User} 127.0.0.1/32 scram-sha-256
            hostssl all {CertifiedUser} 127.0.0.1/32 scram-sha-256 clientcert=verify-full

            """);
        foreach (var user in (string[])[User, CertifiedUser])
        {
            await Server.ExecuteAsync($"CREATE ROLE {user} LOGIN PASSWORD '{Password}'", $"GRANT pg_monitor TO {user}");
        }

        await PresentAsync();
    }

    /// <summary>In the server's data folder, readable by nobody else: it refuses a key that others may read.</summary>
    private Task WriteAsync(string name, string content) =>
        PostgresServer.RunAsync("/bin/sh", "-c", "umask 077; printf '%s' \"$2\" > \"$1\"", "sh", Path.Combine(Server.DataFolder, name), content);
}
