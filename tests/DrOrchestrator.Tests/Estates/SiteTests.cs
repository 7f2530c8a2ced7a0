using DrOrchestrator.Estates;

namespace DrOrchestrator.Tests.Estates;

public sealed class SiteTests : IDisposable
{
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "work", "site-" + Guid.NewGuid().ToString("N")[..8])).FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("/etc/dro/prod", "a", "/etc/dro/prod", "a", true)]
    [InlineData("/etc/dro/prod", "a", "/etc/dro/mine:/etc/dro/prod", "a", true)]
    [InlineData("/etc/dro/prod", "a", "/etc/dro/x/../prod", "a", true)]
    [InlineData("/etc/dro/prod", "a", "/etc/dro/prod", "b", false)]
    [InlineData("/etc/dro/prod", "a", "/etc/dro/mine", "a", false)]
    [InlineData("in-cluster", "in-cluster", "in-cluster", "in-cluster", true)]
    [InlineData(null, null, null, null, false)]
    public void IsReachedAs_Lists_AreComparedByTheirFiles(string? one, string? context, string? other, string? otherContext, bool same)
    {
        Of(one, context).IsReachedAs(Of(other, otherContext)).Should().Be(same);
        Of(other, otherContext).IsReachedAs(Of(one, context)).Should().Be(same);
    }

    [Fact]
    public void IsReachedAs_LinkToTheSameFile_IsTheSame()
    {
        var (file, link) = (Path.Combine(_folder, "prod"), Path.Combine(_folder, "other-name"));
        File.WriteAllText(file, "");
        File.CreateSymbolicLink(link, file);

        Of(file, "a").IsReachedAs(Of(link, "a")).Should().BeTrue();
    }

    private static Site Of(string? kubeconfig, string? context) => new("s", SiteRole.SameCity, null, kubeconfig, context);
}
