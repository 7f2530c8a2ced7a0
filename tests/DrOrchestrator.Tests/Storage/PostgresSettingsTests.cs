using DrOrchestrator.Storage;

namespace DrOrchestrator.Tests.Storage;

/// <summary>What somebody wrote stands, also where it is what the driver would take without it.</summary>
public sealed class PostgresSettingsTests
{
    [Theory]
    [InlineData("", 5, 40)]
    [InlineData(";Timeout=15;Maximum Pool Size=100", 15, 100)]
    [InlineData(";timeout=15;maxpoolsize=100", 15, 100)]
    [InlineData(";Timeout=7;MaxPoolSize=12", 7, 12)]
    public void Read_TimeoutAndPool_AreAsGivenAndOtherwiseOurs(string more, int timeout, int pool)
    {
        var settings = PostgresSettings.Read("Host=db;Database=dro" + more);

        (settings.Timeout, settings.MaxPoolSize).Should().Be((timeout, pool));
    }
}
