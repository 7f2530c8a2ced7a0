using DrOrchestrator.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Credentials;

/// <summary>Registration of the slice. Needs <c>AddEvidence</c>, <c>EstateHolder</c> and <c>ProcessClock</c>.</summary>
public static class CredentialsServices
{
    /// <summary>Adds tokens of people.</summary>
    public static IServiceCollection AddCredentials(this IServiceCollection services) => services
        .AddSingleton<IPersonTokens, SqlPersonTokens>()
        .AddSingleton<TokenRoll>()
        .AddSingleton<TokenDesk>()
        .AddHostedService<TokenKeeper>();
}
