using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using Npgsql;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>
/// The names of standbys that a promotion takes from a server (<c>synchronous_standby_names</c>), and gives back where it did not come about. What a server goes by now tells little of
/// what it will go by: a name that was taken without a reload is gone with the next one, whoever asks for that. So it is the file that is believed, and what was put there is read again.
/// </summary>
internal sealed partial class TakenNames(DatabaseSessions sessions, TimeProvider time)
{
    private const string Now = "SELECT current_setting('synchronous_standby_names')";

    /// <summary>Where ALTER SYSTEM writes, and nobody else should.</summary>
    private const string File = "SELECT pg_read_file('postgresql.auto.conf', 0, 1048576, true)";

    private static readonly TimeSpan LongestTaking = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestGiving = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Before the promotion, while it has no effect yet on anybody; null when done.</summary>
    public async Task<string?> TakeAsync(NpgsqlConnection connection, SendPermit permit, CancellationToken cancellationToken)
    {
        // Against the command line no file has a word: nothing is written that would only stay there.
        if (await connection.TextAsync("SELECT setting FROM pg_settings WHERE name = 'synchronous_standby_names' AND source = 'command line' AND setting <> ''", cancellationToken).ConfigureAwait(false) is { } fixedNames)
        {
            return WhyNot(fixedNames);
        }

        permit.Require();
        await connection.RunAsync("ALTER SYSTEM SET synchronous_standby_names = ''", cancellationToken).ConfigureAwait(false);
        await ReloadAsync(connection, cancellationToken).ConfigureAwait(false);
        var deadline = new StepDeadline(time, LongestTaking);
        while (await connection.TextAsync(Now, cancellationToken).ConfigureAwait(false) is { Length: > 0 } names)
        {
            if (!await deadline.LookAgainAsync(cancellationToken).ConfigureAwait(false))
            {
                return WhyNot(names);
            }
        }

        return null;
    }

    /// <summary>
    /// The server is not promoted after all: what was taken from it is put back, so that the next promotion, whoever asks for it, finds what its owner has set. What to add to the reason,
    /// and what is left where nobody has read that it stands there again.
    /// </summary>
    public async Task<(string Text, JsonObject? Left)> GiveBackAsync(StepContext context, JsonObject intent)
    {
        var database = context.Database();
        var names = intent.Text("synchronousStandbyNames");
        using var ends = new CancellationTokenSource(LongestGiving, time);
        try
        {
            return await sessions.UseAsync(database, "dro", connection => StandsAsync(connection, intent, context.Permit, ends.Token), ends.Token).ConfigureAwait(false) ? ("", null) : Missing(database, names);
        }
        catch (Exception failure) when (failure is OperationCanceledException or PermitOverException || SessionCalls.FailureOf(failure) is not null)
        {
            return Missing(database, names);
        }
    }

    /// <summary>What a server's own file of settings says of the names: null where it is silent, so that others decide. The last word counts, as for the server.</summary>
    /// <param name="file">Lines as PostgreSQL writes them; hands may have added others.</param>
    internal static string? Filed(string? file) => Entry().Matches(file ?? "") is { Count: > 0 } entries
        ? entries[^1].Groups["quoted"] is { Success: true } quoted ? quoted.Value.Replace("''", "'", StringComparison.Ordinal) : entries[^1].Groups["plain"].Value
        : null;

    /// <summary>True once the names stand in the file and the server goes by them, with no statement of ours left that could take them again.</summary>
    private async Task<bool> StandsAsync(NpgsqlConnection connection, JsonObject intent, SendPermit permit, CancellationToken cancellationToken)
    {
        var names = intent.Text("synchronousStandbyNames");
        var isWritten = false;
        var isReloaded = false;
        while (true)
        {
            // In this order: what a session of ours that was cut off has still done is seen below.
            var isAlone = await connection.TextAsync("SELECT count(*)::text FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()", cancellationToken, intent.Text("session")).ConfigureAwait(false) is "0";
            var now = await connection.TextAsync(Now, cancellationToken).ConfigureAwait(false) ?? "";
            var (isReadable, filed) = await FiledAsync(connection, cancellationToken).ConfigureAwait(false);
            if (!isReadable && now.Length > 0 && now != names)
            {
                // Somebody has set others since, and whether they will stay cannot be read.
                return false;
            }

            var mustWrite = isReadable ? filed is "" || (filed is null && now.Length == 0) : !isWritten && isAlone;
            if (!mustWrite && now.Length > 0 && isAlone)
            {
                return true;
            }

            if (mustWrite || (now.Length == 0 && !isReloaded))
            {
                if (await connection.TextAsync("SELECT pg_is_in_recovery()::text", cancellationToken).ConfigureAwait(false) is not "true")
                {
                    // Somebody has promoted it beside: names of a standby that is not there would hang its commits. That is for people.
                    return false;
                }

                permit.Require();
                if (mustWrite)
                {
                    var quoted = await connection.TextAsync("SELECT quote_literal($1::text)", cancellationToken, names).ConfigureAwait(false);
                    await connection.RunAsync($"ALTER SYSTEM SET synchronous_standby_names = {quoted}", cancellationToken).ConfigureAwait(false);
                    isWritten = true;
                }

                await ReloadAsync(connection, cancellationToken).ConfigureAwait(false);
                isReloaded = true;
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<(bool IsReadable, string? Filed)> FiledAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            return (true, Filed(await connection.TextAsync(File, cancellationToken).ConfigureAwait(false)));
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            // Our role may read no files of the server: what it writes itself is known all the same.
            return (false, null);
        }
    }

    private static Task ReloadAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => connection.TextAsync("SELECT pg_reload_conf()::text", cancellationToken);

    private static string WhyNot(string names) => $"synchronous_standby_names is '{names}' and cannot be emptied (is it set on the server's command line?): every commit would wait for a standby that is lost";

    private static (string Text, JsonObject? Left) Missing(DatabaseDefinition database, string names) =>
        ($"; synchronous_standby_names of {database.Name} may be empty: it was '{names}'", new JsonObject { ["emptied"] = names });

    [GeneratedRegex(@"^[ \t]*synchronous_standby_names(?:[ \t]*=[ \t]*|[ \t]+)(?:'(?<quoted>(?:[^']|'')*)'|(?<plain>[^'#\s]+))", RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Entry();
}
