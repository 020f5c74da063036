# Completion of plane for bash: eval "$(plane completion bash)"
_plane_complete() {
    local line=${COMP_LINE:0:COMP_POINT}
    local rest=${line#*[[:space:]]} word=${line##*[[:space:]]}
    # bash begins a new word behind each of these, and replaces that one only.
    local before=${word%"${word##*[@:=]}"}
    COMPREPLY=()
    local name
    # Names come from a server: they are read as they are, and never expanded.
    while IFS= read -r name; do
        if [[ $name == "$word"* ]]; then
            name=${name#"$before"}
            printf -v name %q "$name"
            COMPREPLY+=("$name")
        fi
    done < <("${COMP_WORDS[0]}" "[suggest:${#rest}]" "$rest" 2>/dev/null </dev/null)
}
complete -o default -F _plane_complete plane
