// SPDX-License-Identifier: Apache-2.0
// Reads lines of ECS from standard input and holds each member against the fields that
// Elastic publishes: known, of its type, from its closed list, a list where it has to be.
// Members below "relaytap" are our own. Each fault is a line; then exit status 1.
// $1: folder that has node_modules.
'use strict';
const path = require('path');
const readline = require('readline');
const { EcsFlat, EcsVersion } = require(
	path.resolve(process.argv[2], 'node_modules', '@elastic', 'ecs'));

const isText = v => typeof v === 'string';
const isAddress = v => isText(v) && require('net').isIP(v) !== 0;
const isDate = v => isText(v) && !Number.isNaN(Date.parse(v)) &&
	/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z$/.test(v);
const types = {
	keyword: isText, constant_keyword: isText, wildcard: isText, text: isText,
	match_only_text: isText, ip: isAddress, date: isDate,
	long: Number.isInteger, float: Number.isFinite, scaled_float: Number.isFinite,
	boolean: v => typeof v === 'boolean',
};
let faults = 0, fields = 0, lines = 0;
const fault = (name, what) => {
	if (faults++ < 40)
		console.log(`ecs: line ${lines}: ${name}: ${what}`);
};

// Types that a category expects, where it says so.
function checkExpected(event) {
	for (const category of event.category || []) {
		const value = EcsFlat['event.category'].allowed_values
			.find(v => v.name === category);
		for (const type of event.type || [])
			if (value && value.expected_event_types &&
				!value.expected_event_types.includes(type))
				fault('event.type', `${type} is not expected with ${category}`);
	}
}

function checkValue(name, field, value) {
	if (!types[field.type])
		fault(name, `type ${field.type} is not known here`);
	else if (!types[field.type](value))
		fault(name, `${JSON.stringify(value).slice(0, 80)} is no ${field.type}`);
	const list = field.allowed_values;
	if (list && !list.some(v => v.name === value))
		fault(name, `${value} is not allowed`);
	if (field.expected_values && !field.expected_values.includes(value))
		fault(name, `${value} is not expected`);
}

function walk(prefix, object) {
	for (const [key, value] of Object.entries(object)) {
		const name = prefix ? `${prefix}.${key}` : key;
		const field = EcsFlat[name];
		if (name === 'relaytap')
			continue;
		fields++;
		if (key.includes('.'))
			fault(name, 'a dot in a key; nest it');
		if (!field && value && typeof value === 'object' && !Array.isArray(value))
			walk(name, value);
		else if (!field)
			fault(name, 'no such field');
		else if ((field.normalize || []).includes('array') !== Array.isArray(value))
			fault(name, Array.isArray(value) ? 'must be one value' : 'must be a list');
		else if (Array.isArray(value) && value.length === 0)
			fault(name, 'is empty');
		else
			for (const one of [].concat(value))
				checkValue(name, field, one);
	}
}

readline.createInterface({ input: process.stdin }).on('line', line => {
	lines++;
	const event = JSON.parse(line);
	for (const name of ['@timestamp', 'message', 'event', 'rule', 'observer', 'relaytap'])
		if (!(name in event))
			fault(name, 'is missing');
	if (event.ecs.version !== EcsVersion)
		fault('ecs.version', `${event.ecs.version} is not ${EcsVersion}`);
	checkExpected(event.event);
	walk('', event);
}).on('close', () => {
	if (!lines || faults) {
		console.log(`ecs: ${faults} faults in ${lines} lines`);
		process.exit(1);
	}
	console.log(`ecs: ok (${lines} lines, ${fields} members, ECS ${EcsVersion})`);
});
