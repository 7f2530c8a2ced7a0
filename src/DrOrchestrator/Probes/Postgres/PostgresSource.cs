using System.Globalization;
using DrOrchestrator.Estates;
using Npgsql;

namespace DrOrchestrator.Probes.Postgres;

/// <summary>Sessions of one host, each a connection of its own. The password is read at every sign-in.</summary>
internal sealed class PostgresSource : IDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly PostgresSecurity _security;
    private readonly SecretReference? _reference;
    private string _password = "";

    /// <param name="timeout">Of the probe; the waits of the client itself are a little longer, and end what is left of a look whose time is over.</param>
    /// <param name="now">For the time that certificates are valid.</param>
    public PostgresSource(PostgresTarget target, string host, TimeSpan timeout, Func<DateTimeOffset> now)
    {
        var seconds = (int)Math.Ceiling(timeout.TotalSeconds) + 1;
        var builder = new NpgsqlDataSourceBuilder();
        var settings = builder.ConnectionStringBuilder;
        (settings.Host, settings.Port, settings.Database, settings.Username) = (host, target.Port, target.Database, target.User);
        (settings.Timeout, settings.CommandTimeout) = (seconds, seconds);
        settings.ApplicationName = "dro";
        settings.Pooling = false;
        _security = new PostgresSecurity(target, host, now);
        _security.Apply(builder);

        // Nothing that would ask more of the server than a look needs: no Kerberos, no reading of its types, no wait after a cancel request.
        settings.GssEncryptionMode = GssEncryptionMode.Disable;
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        settings.CancellationTimeout = -1;
        settings.IncludeErrorDetail = false;

        // Always: without a provider the client would look for a password in the environment and in the home folder of whoever runs us.
        builder.UsePasswordProvider(_ => _password, (_, _) => ValueTask.FromResult(_password));

        _source = builder.Build();
        Target = string.Create(CultureInfo.InvariantCulture, $"{host}:{target.Port}");
        (Host, Port, _reference) = (host, target.Port, target.Password);
    }

    public string Host { get; }

    public int Port { get; }

    /// <summary>For people: <c>host:port</c>.</summary>
    public string Target { get; }

    public async Task<NpgsqlConnection> OpenAsync(Look look, CancellationToken cancellationToken)
    {
        _password = _reference is null ? "" : Secrets.Read(_reference, look);
        return await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _source.Dispose();
        _security.Dispose();
    }
}
