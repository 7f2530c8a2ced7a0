using System.CommandLine;
using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro evidence list</c>: records of the log, oldest first, read page by page.</summary>
internal static class EvidenceListCommand
{
    private const int Page = 500;

    public static Command Build(Terminal terminal)
    {
        var run = EvidenceCommand.Run();
        var command = CommonOptions.Client("list", "List records, oldest first");
        command.Add(run);
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var api = CommonOptions.Connect(parse);
            var all = new JsonArray();
            var columns = new Columns("seq", "time", "kind", "actor", "run", "payload hash");
            await foreach (var record in ReadAsync(api, parse.GetValue(run), cancellationToken))
            {
                all.Add(record.DeepClone());
                var view = ApiClient.Read<RecordView>(record);
                columns.Add($"{view.Sequence}", Wording.Moment(view.Time), view.Kind, view.Actor, view.Run?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "", view.PayloadHash[..Math.Min(12, view.PayloadHash.Length)]);
            }

            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, all);
            }
            else
            {
                columns.Write(terminal.Out);
            }

            return ExitCodes.Fine;
        });
        return command;
    }

    private static async IAsyncEnumerable<JsonNode> ReadAsync(ApiClient api, long? run, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var from = 0L;
        while (true)
        {
            var page = (await api.GetAsync($"evidence?from={from}&limit={Page}{(run is { } number ? $"&run={number}" : "")}", cancellationToken)).AsArray();
            foreach (var record in page)
            {
                from = record!["sequence"]!.GetValue<long>() + 1;
                yield return record;
            }

            if (page.Count < Page)
            {
                yield break;
            }
        }
    }

    private sealed record RecordView(long Sequence, DateTimeOffset Time, string Kind, string Actor, long? Run, string PayloadHash);
}
