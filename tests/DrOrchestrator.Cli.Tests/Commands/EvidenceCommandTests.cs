using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Tests.Client;

namespace DrOrchestrator.Cli.Tests.Commands;

public class EvidenceCommandTests
{
    [Fact]
    public async Task List_AsText_IsOneLinePerRecord()
    {
        await using var server = (await FakeServer.StartAsync()).On(
            "GET /evidence?from=0&limit=500&run=1",
            """[{"sequence":4,"time":"2026-11-22T08:00:00Z","kind":"run.opened","actor":"requester","run":1,"system":null,"payloadHash":"0123456789abcdef","payload":{}}]""");

        var ran = await Shell.RunAsync("evidence", "list", "--run", "1", "--data", server.DataFolder);

        ran.Out.Should().Be(
            """
            SEQ  TIME                  KIND        ACTOR      RUN  PAYLOAD HASH
            4    2026-11-22 08:00:00Z  run.opened  requester  1    0123456789ab

            """);
    }

    [Fact]
    public async Task Export_WritesThePack_AndNeverReplacesOne()
    {
        await using var server = (await FakeServer.StartAsync()).On("POST /evidence/packs", new byte[] { 80, 75, 5, 6 });
        using var folder = new TestFolder();
        var pack = Path.Combine(folder.Path, "pack.zip");

        var first = await Shell.RunAsync("evidence", "export", "--run", "1", "--out", pack, "--data", server.DataFolder);
        var second = await Shell.RunAsync("evidence", "export", "--run", "1", "--out", pack, "--data", server.DataFolder);

        first.Out.Should().Be($"{pack} (4 bytes)\nVerify it with: dro evidence verify {pack}\n");
        (await File.ReadAllBytesAsync(pack)).Should().Equal(80, 75, 5, 6);
        server.Requests.Should().ContainSingle().Which.Should().EndWith("""{"run":1}""");
        second.ExitCode.Should().Be(ExitCodes.Usage);
        second.Error.Should().Be($"dro: {pack} is already there; packs are never replaced. Give another --out FILE, or move it away.\n");
        Directory.GetFiles(folder.Path).Should().Equal(pack);
    }

    [Fact]
    public async Task Export_IntoAFolderThatIsNotThere_SaysWhatToDo()
    {
        await using var server = (await FakeServer.StartAsync()).On("POST /evidence/packs", new byte[] { 80, 75, 5, 6 });
        using var folder = new TestFolder();
        var pack = Path.Combine(folder.Path, "no", "pack.zip");

        var ran = await Shell.RunAsync("evidence", "export", "--run", "1", "--out", pack, "--data", server.DataFolder);

        ran.ExitCode.Should().Be(ExitCodes.Usage);
        ran.Error.Should().StartWith($"dro: {pack}.part cannot be written (").And.EndWith("Give an --out FILE in a folder that is there and that you may write.\n");
    }

    [Fact]
    public async Task Export_RefusedByTheServer_LeavesNoFile()
    {
        await using var server = (await FakeServer.StartAsync()).On("POST /evidence/packs", """{"code":"no-such-run","detail":"There is no run 9."}""", 404, "application/problem+json");
        using var folder = new TestFolder();

        var ran = await Shell.RunAsync("evidence", "export", "--run", "9", "--out", Path.Combine(folder.Path, "pack.zip"), "--data", server.DataFolder);

        ran.ExitCode.Should().Be(ExitCodes.Usage);
        ran.Error.Should().Be("dro: There is no run 9.\n");
        Directory.GetFiles(folder.Path).Should().BeEmpty();
    }

    [Fact]
    public async Task Verify_NoPackAtAll_ExitsWith5AndNamesTheFirstThingWrong()
    {
        using var folder = new TestFolder();
        var pack = folder.File("pack.zip", "this is no pack");

        var text = await Shell.RunAsync("evidence", "verify", pack);
        var json = await Shell.RunAsync("evidence", "verify", pack, "--output", "json");

        text.ExitCode.Should().Be(ExitCodes.VerificationFailed);
        text.Out.Should().StartWith($"{pack}: VERIFICATION FAILED\n  first thing wrong: ");
        json.ExitCode.Should().Be(ExitCodes.VerificationFailed);
        JsonNode.Parse(json.Out)!["verified"]!.GetValue<bool>().Should().BeFalse();
    }
}
