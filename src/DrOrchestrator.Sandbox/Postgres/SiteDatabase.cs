using Npgsql;

namespace DrOrchestrator.Sandbox.Postgres;

/// <summary>Connections of a site's own pods to the site's own server.</summary>
internal static class SiteDatabase
{
    /// <summary>Seconds for a connection, and for each statement.</summary>
    private const int Patience = 2;

    public static NpgsqlDataSource Open(LabSettings lab, string site, string role, int maxConnections)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = lab.Postgres!.Of(site).Server,
            Database = DatabasePasswords.Database,
            Username = role,
            Password = new DatabasePasswords(lab).Read(role),
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
            ApplicationName = role,
            MaxPoolSize = maxConnections,
            Timeout = Patience,
            CommandTimeout = Patience,

            // Nobody waits for a server after its time is over.
            CancellationTimeout = -1,

            // An empty file keeps the driver from looking for a password in somebody's home folder.
            Passfile = "/dev/null",
        };
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).ConfigureTypeLoading(types => types.EnableTypeLoading(false)).Build();
    }
}
