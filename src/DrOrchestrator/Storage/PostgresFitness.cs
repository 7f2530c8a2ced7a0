using Npgsql;

namespace DrOrchestrator.Storage;

/// <summary>Whether a server keeps what it acknowledges, and can be written to at all.</summary>
internal static class PostgresFitness
{
    private const int OldestVersion = 14;

    private const string Query = """
        SELECT current_setting('server_version_num')::int / 10000, pg_is_in_recovery(), current_setting('transaction_read_only'), current_setting('fsync'),
               current_setting('synchronous_commit'), current_setting('server_encoding')
        """;

    /// <exception cref="DatabaseUnfitException">With everything that is wrong, what was found and what to do.</exception>
    public static void Require(NpgsqlConnection connection, string name)
    {
        using var command = new NpgsqlCommand(Query, connection);
        using var reader = command.ExecuteReader();
        reader.Read();
        var wrong = Faults(reader.GetInt32(0), reader.GetBoolean(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5)).ToList();
        if (wrong.Count > 0)
        {
            throw new DatabaseUnfitException(string.Join('\n', wrong.Select(fault => $"{name}: {fault}")));
        }
    }

    private static IEnumerable<string> Faults(int version, bool inRecovery, string readOnly, string fsync, string synchronousCommit, string encoding)
    {
        if (version < OldestVersion)
        {
            yield return $"the server is version {version}; {OldestVersion} or newer is needed. Upgrade it.";
        }

        if (inRecovery)
        {
            yield return "the server is a standby (in recovery) and takes no writes. Name the primary, or several hosts separated by commas, of which the primary is taken.";
        }
        else if (readOnly != "off")
        {
            yield return $"transactions are read-only (transaction_read_only = {readOnly}). Reset default_transaction_read_only for this role and database.";
        }

        if (fsync != "on")
        {
            yield return $"fsync = {fsync}: a crash of its machine could take back or damage what it acknowledged. Set fsync = on.";
        }

        if (synchronousCommit == "off")
        {
            yield return "synchronous_commit = off: a crash could take back what it acknowledged. Set it to on (or local, remote_write, remote_apply) for this role and database.";
        }

        if (encoding != "UTF8")
        {
            yield return $"the database's encoding is {encoding}; UTF8 is needed. Make it anew: CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0.";
        }
    }
}
