#!/usr/bin/env bash
# Commits the packed action to the branch `action` and tags the commit `action-<version tag>`. A tag is never moved.
# bash scripts/tag-action.sh FOLDER, with GITHUB_REF_NAME, GITHUB_SERVER_URL, GITHUB_REPOSITORY and GH_TOKEN.
set -euo pipefail
folder=$1
remote="${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}.git"
# The token is only in the environment of git, and in no file.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="http.${GITHUB_SERVER_URL}/.extraheader"
GIT_CONFIG_VALUE_0="AUTHORIZATION: basic $(printf 'x-access-token:%s' "$GH_TOKEN" | base64 | tr -d '\n')"
export GIT_CONFIG_VALUE_0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git init --quiet "$work"
git -C "$work" remote add origin "$remote"
if git -C "$work" fetch --quiet --depth 1 origin action; then
  git -C "$work" update-ref refs/heads/action FETCH_HEAD
fi
git -C "$work" symbolic-ref HEAD refs/heads/action
cp -R "$folder/." "$work/"
# Files of the earlier version that are not in this one.
git -C "$work" --work-tree="$(cd "$folder" && pwd)" add --all --force
git -C "$work" -c user.name=headgate -c user.email=headgate@users.noreply.github.com \
  commit --quiet --message "Action of ${GITHUB_REF_NAME}"
git -C "$work" tag "action-${GITHUB_REF_NAME}"
git -C "$work" push --quiet --atomic origin refs/heads/action "refs/tags/action-${GITHUB_REF_NAME}"
git -C "$work" rev-parse HEAD
