using Microsoft.Extensions.Options;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.Hosting.Ports;

/// <summary>Access's answers over HTTP, for the process that takes the clients' credentials.</summary>
internal sealed class HttpIdentitySource(PeerClient peers, IOptions<PeerOptions> options) : IIdentitySource
{
    /// <summary>Path of the questions at Access.</summary>
    public const string Path = "api/v1/access/facts/identities";

    public Task<KnownIdentity?> FindByKeyAsync(string hash, CancellationToken ct) => GetAsync<KnownIdentity>($"{Path}/keys/{hash}", ct);

    public Task<KnownIdentity?> FindMemberAsync(string name, IReadOnlyList<string> groups, CancellationToken ct) =>
        peers.PostAsync<KnownIdentity>("Access", options.Value.Access, $"{Path}/members", new MemberQuestion(name, groups), ct);

    public async Task<long> VersionAsync(CancellationToken ct) => (await GetAsync<IdentityVersion>($"{Path}/version", ct))?.Version ?? 0;

    public async Task ReportUseAsync(IReadOnlyList<KeyUse> uses, CancellationToken ct) =>
        await peers.PostAsync<IdentityVersion>("Access", options.Value.Access, $"{Path}/uses", uses, ct);

    private Task<T?> GetAsync<T>(string path, CancellationToken ct) where T : class =>
        peers.GetAsync<T>("Access", options.Value.Access, path, WorkspaceName.Default, ct);
}
