using System.Text.Json.Nodes;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.Testing.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.EndToEnd.Votes;

/// <summary><c>dro serve</c> and <c>dro look</c> as processes of their own, a real PostgreSQL between them, and a target that tells them apart by a secret of their environment.</summary>
[Collection(nameof(OneAtATime))]
public sealed class LookoutTests
{
    [Fact]
    public Task Look_KilledWhileItDisagrees_VotesNoMoreAndIsNamed() => WorkFolder.UseAsync(async folder =>
    {
        string failing = "nobody";
        await using PostgresServer postgres = await PostgresServer.StartNewAsync();
        await using WebApplication target = await TargetAsync(asks => asks != Volatile.Read(ref failing));
        Directory.CreateDirectory(Path.Combine(folder, "estate"));
        await File.WriteAllTextAsync(Path.Combine(folder, "estate", "estate.yaml"), Estate(target.Urls.First()));
        Child Start(string vantage, string command, params string[] more) => Child.Start(
            Child.Dro,
            [command, "--estate", Path.Combine(folder, "estate"), "--vantage", vantage, "--stop-with-stdin", "--announce-ready", .. more],
            Path.Combine(folder, $"{vantage}-{Guid.NewGuid():N}.log"),
            new Dictionary<string, string?> { ["DRO_DATABASE"] = postgres.ConnectionString, ["ASKS"] = vantage });
        string data = Path.Combine(folder, "server");
        await using Child server = Start("dc-a", "serve", "--data", data);
        var url = new Uri(JsonNode.Parse(await server.FirstLineAsync(Patience.Start))!["url"]!.GetValue<string>());
        using var client = new ApiClient(url, (await File.ReadAllTextAsync(Path.Combine(data, "operator.token"))).Trim());
        await using Child lookout = Start("dc-b", "look");
        (await lookout.FirstLineAsync(Patience.Start)).Should().Be("""{"ready":true,"vantage":"dc-b"}""");

        Volatile.Write(ref failing, "dc-b");
        await Patience.UntilAsync("the two disagree, each with its reason", Patience.Start, async () => await client.StatusAsync() is var status
            && State(status) == "degraded" && Reason(status) == "degraded: from dc-b (HTTP 503 (expected 200): ok); up from dc-a (HTTP 200)");

        await lookout.KillAsync();
        await Patience.UntilAsync("the word of the dead one counts no more", Patience.Start, async () => await client.StatusAsync() is { } status && State(status) == "up" && !Votes(status));
        await Patience.UntilAsync("the finding says who votes", Patience.Start, async () =>
            (await client.StatusAsync())["systems"]![0]!["findings"]!.ToJsonString().Contains("dc-a alone votes now; vantage point dc-b does not vote: silent", StringComparison.Ordinal));
        await using (Child text = Child.Start(Child.Dro, ["status", "--data", data], Path.Combine(folder, "status.log")))
        {
            (await text.WaitAsync(Patience.Start)).Should().Be(0);
            (await text.ReadLogAsync()).Should().MatchRegex(@"dc-b +does not vote: silent +\d{4}-");
        }

        Volatile.Write(ref failing, "nobody");
        await using Child again = Start("dc-b", "look");
        await Patience.UntilAsync("it votes again", Patience.Start, async () => Votes(await client.StatusAsync()));
        await using Child third = Start("dc-b", "look");
        (await again.WaitAsync(Patience.Start)).Should().Be(7, "one process looks from a vantage point: the newest");
        (await third.StopAsync()).Should().Be(0);
        (await server.StopAsync()).Should().Be(0);
    });

    private static string State(JsonNode status) => status["systems"]![0]!["state"]!.GetValue<string>();

    private static string Reason(JsonNode status) => status["systems"]![0]!["reason"]!.GetValue<string>();

    private static bool Votes(JsonNode status) => status["vantagePoints"]![1]!["votes"]!.GetValue<bool>();

    private static async Task<WebApplication> TargetAsync(Func<string, bool> serves)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        WebApplication target = builder.Build();
        target.Run(context =>
        {
            context.Response.StatusCode = serves(context.Request.Headers["Asks"].ToString()) ? 200 : 503;
            return context.Response.WriteAsync("ok");
        });
        await target.StartAsync();
        return target;
    }

    private static string Estate(string target) => $$"""
        estate: watched
        sandbox: true
        sites:
          - { name: primary, role: production }
          - { name: dr, role: same-city }
        people:
          - { id: asker, name: Asker, department: IT, roles: [operator] }
          - { id: signer, name: Signer, department: Payments, roles: [business-verifier] }
        bcm: { lead-department: Risk }
        vantage:
          - { name: dc-a, controls: [ { name: target, kind: tcp, with: { host: 127.0.0.1, port: {{new Uri(target).Port}} } } ] }
          - { name: dc-b }
        systems:
          - name: ledger
            title: { en: Ledger }
            department: Payments
            owner: asker
            bia: [ { scope: financial-rights, severity: severe, reason: "Customers cannot pay", signer: signer } ]
            serving: primary
            standbys: [dr]
            functions: [ { name: posting, critical: true } ]
        probes:
          - name: posting
            system: ledger
            role: service
            function: posting
            kind: http
            interval: 100ms
            timeout: 500ms
            with: { url: "{{target}}/", headers: { Asks: { env: ASKS } } }
        """;
}
