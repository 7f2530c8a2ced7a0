using DrOrchestrator.Credentials;
using DrOrchestrator.Estates;
using DrOrchestrator.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DrOrchestrator.Web;

/// <summary>
/// Tokens made on the machine by whoever can write the data folder, which is how the first admin comes by one. Goes to the records themselves, as a second process beside the
/// server, or alone while none runs; a server that runs takes it up within a few seconds. On record as made by the local operator, through the data folder.
/// </summary>
public static class MachineTokens
{
    /// <summary>Opens the records of a data folder and does one thing with its tokens.</summary>
    /// <param name="estate">Of which the person has to be.</param>
    /// <param name="database">As the server was told; null for the SQLite file of the folder.</param>
    /// <exception cref="ServeException">The folder cannot be written, or its records are somewhere else.</exception>
    public static async Task<T> WithAsync<T>(string dataFolder, ConnectionText? database, Estate estate, Func<TokenDesk, Task<T>> act)
    {
        var (path, held) = Open(dataFolder);
        using (held)
        {
            await using var services = new ServiceCollection()
                .AddSingleton(TimeProvider.System)
                .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
                .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
                .AddProduct(path)
                .AddSingleton<Database>(_ => database is { } text ? new PostgresDatabase(text.Reveal()) : new SqliteDatabase(Path.Combine(path, "dro.db")))
                .AddSingleton(new EstateHolder(estate))
                .BuildServiceProvider();
            try
            {
                var records = services.GetRequiredService<Database>();
                DatabaseBinding.CheckKind(path, records);
                if (held is not null)
                {
                    // Beside a server that runs the tables stay as that server has them.
                    services.GetRequiredService<Migrator>().Run();
                }

                DatabaseBinding.Bind(path, records);
                return await act(services.GetRequiredService<TokenDesk>());
            }
            catch (Exception failure) when (failure is DatabaseAwayException or DatabaseUnfitException)
            {
                throw new ServeException(ServeFailure.Database, failure.Message, failure);
            }
        }
    }

    /// <summary>The folder's lock where nobody has it; null beside a server. Either way it must be one that we may write: the proof of who asks.</summary>
    private static (string Path, DataFolder? Held) Open(string dataFolder)
    {
        try
        {
            var held = DataFolder.Open(dataFolder);
            return (held.Path, held);
        }
        catch (ServeException inUse) when (inUse.Failure.ExitCode == ServeFailure.DataFolderInUse)
        {
            var path = Path.GetFullPath(dataFolder);
            try
            {
                using var proof = PrivateFile.Temporary(Path.Combine(path, $"token-{Guid.NewGuid():N}.draft"));
                return (path, null);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new ServeException(ServeFailure.Usage, $"The data folder {path} cannot be written: {failure.Message} Run this as the account of the server.", failure);
            }
        }
    }
}
