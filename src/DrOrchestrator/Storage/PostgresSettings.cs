using Npgsql;

namespace DrOrchestrator.Storage;

/// <summary>What a connection string asks for, completed by what a server process needs: short patience, a pool of a size, no passwords in errors.</summary>
internal static class PostgresSettings
{
    private const string Form = "Host=...;Port=5432;Database=dro;Username=dro;Password=...";

    /// <exception cref="DatabaseUnfitException">No connection string, or one that names nothing.</exception>
    public static NpgsqlConnectionStringBuilder Read(string text)
    {
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or OverflowException or InvalidCastException)
        {
            // The exception itself may quote a piece of a password that holds ; or =, so it goes no further.
            throw new DatabaseUnfitException(
                $"The database setting is no PostgreSQL connection string. Write it as {Form} (Npgsql's keys); a value with ; = or blanks stands in double quotes. It is not repeated here, because it may hold a password.");
        }

        if (string.IsNullOrWhiteSpace(settings.Host) || string.IsNullOrWhiteSpace(settings.Database))
        {
            throw new DatabaseUnfitException($"The database setting names no {(string.IsNullOrWhiteSpace(settings.Host) ? "Host" : "Database")}. Write it as {Form}.");
        }

        settings.ApplicationName ??= "dro";
        var given = settings.Keys.ToHashSet(StringComparer.OrdinalIgnoreCase);
        settings.Timeout = given.Contains("Timeout") ? settings.Timeout : 5;
        settings.MaxPoolSize = given.Contains("Maximum Pool Size") ? settings.MaxPoolSize : 40;

        // Every line of every step is the same few statements: parsed and planned anew each time they cost more than the commit does.
        settings.MaxAutoPrepare = given.Contains("Max Auto Prepare") ? settings.MaxAutoPrepare : 60;
        settings.TcpKeepAlive = true;
        settings.TcpKeepAliveTime = settings.TcpKeepAliveTime == 0 ? 10 : settings.TcpKeepAliveTime;
        settings.TcpKeepAliveInterval = settings.TcpKeepAliveInterval == 0 ? 3 : settings.TcpKeepAliveInterval;
        settings.IncludeErrorDetail = false;
        settings.PersistSecurityInfo = false;
        settings.Enlist = false;
        if (settings.Host.Contains(',', StringComparison.Ordinal) && settings.TargetSessionAttributes is null)
        {
            settings.TargetSessionAttributes = "primary";
        }

        return settings;
    }

    /// <summary>For people and logs.</summary>
    public static string NameOf(NpgsqlConnectionStringBuilder settings) => $"PostgreSQL {settings.Host}:{settings.Port}/{settings.Database}";
}
