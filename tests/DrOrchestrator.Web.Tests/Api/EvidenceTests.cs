using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using DrOrchestrator.Evidence;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Web.Tests.Api;

public sealed class EvidenceTests
{
    [Fact]
    public async Task Evidence_Listed_HasTheRecordsOfTheLog()
    {
        await using var server = await RunningServer.StartAsync();
        await Append(server);
        using var client = server.Client(Samples.ViewerToken);

        var records = JsonNode.Parse(await client.GetStringAsync("/api/v1/evidence?from=1&limit=1"))!.AsArray();

        records.Should().ContainSingle();
        records[0]!["sequence"]!.GetValue<long>().Should().Be(1);
        records[0]!["kind"]!.GetValue<string>().Should().Be("server.tested");
        records[0]!["payload"]!["text"]!.GetValue<string>().Should().Be("hello");
    }

    [Fact]
    public async Task Pack_OfEverything_IsAWholeZipAndLeavesNothingBehind()
    {
        await using var server = await RunningServer.StartAsync();
        await Append(server);
        using var client = server.Client(Samples.AuditorToken);

        using var response = await client.PostAsync("/api/v1/evidence/packs", Answers.Json("{}"));

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/zip");
        using var zip = new ZipArchive(await response.Content.ReadAsStreamAsync());
        zip.Entries.Select(entry => entry.FullName).Should().Contain(["checkpoint", "headers.jsonl", "payloads.jsonl"]);
        await RunningServer.Eventually(() => Directory.GetFiles(server.Folder, "*.draft").Length == 0);
    }

    [Fact]
    public async Task Pack_OfARunThatIsNotThere_IsRefused()
    {
        await using var server = await RunningServer.StartAsync();
        using var client = server.Operator();

        using var response = await client.PostAsync("/api/v1/evidence/packs", Answers.Json("""{"run":9}"""));

        response.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await response.Problem()).Should().BeEquivalentTo(new { Code = "pack-refused", Detail = "Run 9 is not in the evidence log." });
    }

    private static Task Append(RunningServer server) => server.App.Services.GetRequiredService<IEvidenceLog>().AppendAsync(
        new EvidenceDraft("server.tested", "system", null, null, new JsonObject { ["text"] = "hello" }),
        CancellationToken.None);
}
