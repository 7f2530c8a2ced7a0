using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes;
using DrOrchestrator.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Sandbox.Control;

/// <summary>Faults and the lab's own record over HTTP, for whoever holds the token.</summary>
internal sealed class ControlEndpoints(string faultsFile, IReadOnlyDictionary<string, SiteFaults> sites, IReadOnlyList<string> names, BearerToken token, RequestRecord record, Flood flood)
{
    private const long MaxValue = 600_000;
    private readonly Lock _gate = new();

    public async Task HandleAsync(HttpContext context)
    {
        if (!await token.AdmitsAsync(context).ConfigureAwait(false))
        {
            return;
        }

        await ((context.Request.Method, context.Request.Path.Value!.Split('/')) switch
        {
            ("GET", ["", "faults"]) => context.AnswerAsync(StatusCodes.Status200OK, LabFaults.Read(faultsFile).ToJson()),
            ("GET", ["", "faults", var name]) => ShowAsync(context, name),
            ("PUT", ["", "faults", var name]) => SetAsync(context, name),
            ("GET", ["", "requests"]) => RequestsAsync(context),
            _ => context.RefuseAsync(StatusCodes.Status404NotFound, "the lab's control has GET /faults, GET /faults/{name}?site=S, PUT /faults/{name} and GET /requests?after=N"),
        }).ConfigureAwait(false);
    }

    /// <summary>One fault at one site, also when it is not set: whoever asks whether a change happened needs an answer both ways.</summary>
    private Task ShowAsync(HttpContext context, string name)
    {
        string site = context.Request.Query["site"].ToString();
        if (!names.Contains(name) || !sites.ContainsKey(site))
        {
            return context.RefuseAsync(
                StatusCodes.Status404NotFound,
                $"there is no fault '{name}' at site '{site}'; there are {string.Join(", ", names)} at {string.Join(", ", sites.Keys)}");
        }

        LabFault? set = LabFaults.Read(faultsFile).Faults.FirstOrDefault(f => f.Name == name && f.Site == site);
        return context.AnswerAsync(
            StatusCodes.Status200OK,
            new JsonObject { ["name"] = name, ["site"] = site, ["active"] = set is not null, ["value"] = set?.Value });
    }

    private async Task SetAsync(HttpContext context, string name)
    {
        byte[] body = await context.ReadBodyAsync().ConfigureAwait(false) ?? [];
        LabFault? fault = Parse(name, JsonWire.ParseObject(body), out string problem);
        if (fault is not null)
        {
            Apply(fault);
        }

        int status = fault is null ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK;
        record.Record(context, "lab", status, body);
        await (fault is null ? context.RefuseAsync(status, problem) : context.AnswerAsync(status, LabFaults.Read(faultsFile).ToJson())).ConfigureAwait(false);
    }

    private LabFault? Parse(string name, JsonObject? json, out string problem)
    {
        string? site = json?.Text("site");
        bool? active = json?.Flag("active");
        long? value = json?.Integer("value");
        problem = !names.Contains(name) ? $"there is no fault '{name}'; there are {string.Join(", ", names)}"
            : site is null || !sites.ContainsKey(site) ? $"site must be one of {string.Join(", ", sites.Keys)}"
            : active is null ? "active must be true or false"
            : active == true && LabFaults.HasValue(name) && value is not (>= 0 and <= MaxValue) ? $"{name} needs a value, 0 to {MaxValue} milliseconds"
            : "";
        return problem.Length == 0 ? new LabFault(name, site!, active!.Value, LabFaults.HasValue(name) ? value : null) : null;
    }

    private void Apply(LabFault fault)
    {
        lock (_gate)
        {
            LabFaults.Read(faultsFile).With(fault).Write(faultsFile);
            SiteFaults site = sites[fault.Site];
            switch (fault.Name)
            {
                case LabFaults.Flood when fault.Active:
                    flood.Start(TimeSpan.FromMilliseconds(fault.Value ?? 0));
                    break;
                case LabFaults.Flood:
                    flood.End();
                    break;
                case LabFaults.KillLedger:
                    site.KillLedger = fault.Active;
                    break;
                case LabFaults.IgnoreSigterm:
                    site.IgnoreSigterm = fault.Active;
                    break;
                case LabFaults.NodeNotReady:
                    site.NodeNotReady = fault.Active;
                    break;
                case LabFaults.Cut:
                    site.Cut = fault.Active;
                    break;
            }
        }
    }

    private Task RequestsAsync(HttpContext context)
    {
        string text = context.Request.Query["after"].ToString();
        long after = 0;
        return text.Length > 0 && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out after)
            ? context.RefuseAsync(StatusCodes.Status400BadRequest, $"after is '{text}'; it must be a whole number")
            : context.AnswerAsync(StatusCodes.Status200OK, new JsonObject { ["requests"] = record.ReadAfter(after) });
    }
}
