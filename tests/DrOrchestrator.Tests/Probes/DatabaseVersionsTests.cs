using DrOrchestrator.Probes;

namespace DrOrchestrator.Tests.Probes;

public sealed class DatabaseVersionsTests
{
    [Theory]
    [InlineData("16.3 (Debian 16.3-1.pgdg120+1)", 16)]
    [InlineData("17beta1", 17)]
    [InlineData("15", 15)]
    [InlineData("devel", null)]
    [InlineData("", null)]
    public void Saw_VersionOfAServer_KeepsItsMajor(string version, int? major)
    {
        var versions = new DatabaseVersions();

        versions.Saw("db", version);

        versions.MajorOf("db").Should().Be(major);
        versions.MajorOf("other").Should().BeNull();
    }
}
