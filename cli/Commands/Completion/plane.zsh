#compdef plane
# Completion of plane for zsh: eval "$(plane completion zsh)"
_plane_complete() {
    local line=${BUFFER[1,CURSOR]}
    local rest=${line#*[[:space:]]}
    local -a names
    # Names come from a server: split at line ends, and never expanded.
    names=("${(@f)$(${words[1]} "[suggest:${#rest}]" "$rest" 2>/dev/null </dev/null)}")
    names=(${names:#})
    (( $#names )) && compadd -a names
}
if [ "$funcstack[1]" = "_plane" ]; then
    _plane_complete "$@"
else
    compdef _plane_complete plane
fi
