using System.CommandLine;
using System.Text.Json;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Plans;
using DrOrchestrator.Web;
using DrOrchestrator.Web.Api;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro probe once NAME</c>: one look from here, told in full. <c>dro probe show NAME</c>: what a server knows of it. <c>dro probe list</c>: all of them.</summary>
internal static class ProbeCommand
{
    public static Command Build(Terminal terminal, Func<Task<IStepKindCatalog>> kinds) => new("probe", "Look once through a probe, or ask a server what its probes have seen")
    {
        Once(terminal, kinds),
        Show(terminal),
        List(terminal),
    };

    private static Argument<string> Name() => new("NAME") { Description = "Name of the probe" };

    private static Command Once(Terminal terminal, Func<Task<IStepKindCatalog>> kinds)
    {
        var name = Name();
        var folder = EstateReading.Folder();
        var allowed = AllowCommandOption.New();
        var command = new Command("once", "Look once, now, from this machine; show every step of it") { name, folder, allowed };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var estate = EstateReading.Require(parse.GetRequiredValue(folder), await kinds()).Estate;
            var wanted = parse.GetRequiredValue(name);
            var probe = estate.FindProbe(wanted)
                ?? throw new CommandFailedException(ExitCodes.Usage, $"The estate has no probe '{wanted}'; it has: {string.Join(", ", estate.Probes.Select(known => known.Name))}");
            var result = await Product.LookOnceAsync(estate, probe, AllowCommandOption.Read(parse, allowed), cancellationToken);
            var look = ProbeLookDocument.Of(result);
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(
                    terminal.Out,
                    JsonSerializer.SerializeToNode(new { probe.Name, probe.Settings.Kind, probe.Settings.Target, Look = JsonSerializer.SerializeToNode(look, ApiJson.Default.ProbeLookDocument), Notes = result.Notes?.Select(note => new { At = note.At.TotalSeconds, note.Text }) }, JsonDocuments.Options));
            }
            else
            {
                ProbeText.Write(terminal.Out, probe, result);
            }

            return ExitCodes.OfProbe(result.Outcome);
        });
        return command;
    }

    private static Command Show(Terminal terminal)
    {
        var name = Name();
        var command = CommonOptions.Client("show", "Show what a server knows of a probe: state, newest results, the story of its last failures");
        command.Add(name);
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var api = CommonOptions.Connect(parse);
            var document = await api.GetAsync($"probes/{Uri.EscapeDataString(parse.GetRequiredValue(name))}", cancellationToken);
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, document);
            }
            else
            {
                ProbeText.Write(terminal.Out, ApiClient.Read<ProbeView>(document));
            }

            return ExitCodes.Fine;
        });
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var command = CommonOptions.Client("list", "List the probes of a server with what they say now");
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var api = CommonOptions.Connect(parse);
            var document = await api.GetAsync("probes", cancellationToken);
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, document);
            }
            else
            {
                var table = new Columns("name", "system", "kind", "state", "target", "newest");
                foreach (var probe in ApiClient.Read<IReadOnlyList<ProbeLineView>>(document))
                {
                    table.Add(probe.Name, probe.System, probe.Kind, probe.State, probe.Target, probe.Newest?.Reason ?? "");
                }

                table.Write(terminal.Out);
            }

            return ExitCodes.Fine;
        });
        return command;
    }
}
