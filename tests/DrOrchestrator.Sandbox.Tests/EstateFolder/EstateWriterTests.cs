using System.Security.Cryptography;
using System.Text;
using DrOrchestrator.Sandbox.EstateFolder;

namespace DrOrchestrator.Sandbox.Tests.EstateFolder;

public sealed class EstateWriterTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly LabSettings _lab;

    public EstateWriterTests()
    {
        _lab = LabSettings.ReadOrCreate(_folder.Path, TimeSpan.Zero);
        EstateWriter.EnsureTokens(_lab);
    }

    [Fact]
    public void EnsureEstate_InANewLab_NamesItsAddressesAndHashesOnly()
    {
        string yaml = Write();

        yaml.Should().Contain("kubeconfig: ../primary/kubeconfig, context: primary")
            .And.Contain($"url: \"http://127.0.0.1:{_lab.Ports.FrontDoor}/ledger/entries\"")
            .And.Contain("body: '{\"id\":\"probe-{{nonce}}\",\"kind\":\"probe\",\"sentAt\":\"2026-01-01T00:00:00Z\",\"amount\":0}'")
            .And.Contain("interval: 250ms");
        foreach (string person in (string[])["requester", "approver", "business-verifier"])
        {
            string token = File.ReadAllText(_lab.TokenFile(person)).TrimEnd('\n');
            token.Should().MatchRegex("^dro_[A-Za-z0-9_-]{43}$");
            yaml.Should().Contain(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)))).And.NotContain(token);
        }
    }

    [Theory]
    [InlineData(0, "1000ms")]
    [InlineData(500, "1000ms")]
    [InlineData(2000, "2500ms")]
    public void EnsureEstate_OfASlowLine_DoesNotTakeItsDelayForAStandstill(int delay, string timeout)
    {
        string yaml = Write(_lab with { ReplicationDelayMilliseconds = delay });

        yaml.Should().MatchRegex($@"name: ledger-replication\n +system: ledger\n +kind: positions\n +interval: 250ms\n +timeout: {timeout}\n");
    }

    [Fact]
    public void EnsureEstate_ThatIsThere_IsLeftToItsOwner()
    {
        Write();
        File.WriteAllText(Path.Combine(_lab.EstateFolder, "estate.yaml"), "mine");

        Write().Should().Be("mine");
    }

    [Fact]
    public void EnsureTokens_Twice_KeepsThemAndThemPrivate()
    {
        string before = File.ReadAllText(_lab.AdminTokenFile);

        EstateWriter.EnsureTokens(_lab);

        File.ReadAllText(_lab.AdminTokenFile).Should().Be(before);
        foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(_lab.AdminTokenFile)!))
        {
            (!OperatingSystem.IsWindows() ? File.GetUnixFileMode(file) : 0).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public void Settings_ReadAgain_KeepThePorts() =>
        LabSettings.ReadOrCreate(_folder.Path, TimeSpan.FromSeconds(2)).Ports.Should().Be(_lab.Ports);

    public void Dispose() => _folder.Dispose();

    private string Write() => Write(_lab);

    private string Write(LabSettings lab)
    {
        var kubeconfigs = new Dictionary<string, string> { ["primary"] = _folder.Under("primary", "kubeconfig"), ["dr"] = _folder.Under("dr", "kubeconfig") };
        EstateWriter.EnsureEstate(lab, kubeconfigs, TimeSpan.FromMilliseconds(250));
        return File.ReadAllText(Path.Combine(lab.EstateFolder, "estate.yaml"));
    }
}
