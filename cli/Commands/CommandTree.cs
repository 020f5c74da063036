using System.CommandLine;
using System.CommandLine.Help;

namespace MlopsPlane.Cli.Commands;

/// <summary>Every command of <c>plane</c>.</summary>
internal static class CommandTree
{
    private const string Description = """
        Works with a plane from a terminal or a script.

        Exit status: 0 done, 1 refused or failed, 2 wrong usage, 3 not reachable, 4 not allowed (401, 403), 130 Ctrl-C.
        """;

    public static RootCommand Build()
    {
        var root = new RootCommand(Description);
        // Windows' spellings would only fill what a shell offers.
        foreach (var alias in new[] { "-?", "/?", "/h" })
            root.Options.OfType<HelpOption>().Single().Aliases.Remove(alias);
        foreach (var option in CommonOptions.All)
            root.Add(option);
        foreach (var command in Commands())
            root.Add(command);
        return root;
    }

    private static IEnumerable<Command> Commands() =>
    [
        .. Config.ConfigCommands.Build(),
        Status.ShowStatus.Build(),
        Status.ShowVersion.Build(),
        Doctor.RunDoctor.Build(),
        Workspaces.WorkspaceCommands.Build(),
        Keys.KeyCommands.Build(),
        .. Members.MemberCommands.Build(),
        Roles.RoleCommands.Build(),
        Grants.GrantCommands.Build(),
        Questions.WhoAmI.Build(),
        Questions.WhatMayBeDone.Build(),
        Questions.WhoMay.Build(),
        Audit.ShowAudit.Build(),
        Models.ModelCommands.Build(),
        .. Deployments.DeploymentCommands.Build(),
        Experiments.ExperimentCommands.Build(),
        Runs.RunCommands.Build(),
        .. Events.EventCommands.Build(),
        Import.ImportCommands.Build(),
        Completion.ShowCompletion.Build(),
    ];
}
